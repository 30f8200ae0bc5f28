// A network that lets nobody out but through its proxy: tunnels for https, whole addresses for http, and AWS behind it with a certificate of its own.
import { createServer, request as forward, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { makeCertificate } from '../proxy/certificate.ts';
import { listenOnLoopback } from '../proxy/faulty-proxy.ts';

export interface CorporateProxy {
  /** `http://HOST:PORT`, with the name and password that it asks for. */
  readonly address: string;
  /** Where AWS is without the proxy, by https. */
  readonly direct: string;
  /** The certificate of AWS, as a file for NODE_EXTRA_CA_CERTS. */
  readonly certificate: string;
  /** `METHOD HOST:PORT` or `METHOD ADDRESS` of each request that was let through. */
  readonly passed: string[];
}

/** The certificate speaks for these. */
const hosts = ['secrets.invalid', 'sts.invalid', 'localhost'];
const password = `Basic ${Buffer.from('voice:pass').toString('base64')}`;

/** Starts it before `upstream`, an `http://` address that answers as AWS. Gone at the end of the test. */
export async function startCorporateProxy(upstream: string): Promise<CorporateProxy> {
  const upstreamPort = Number(new URL(upstream).port);
  const certificate = await makeCertificate(hosts);
  const front = createTlsServer(certificate, (socket) => join(socket, upstreamPort));
  const frontPort = new URL(await listenOnLoopback(front)).port;
  const passed: string[] = [];

  const isLetIn = ({ method, url, headers }: IncomingMessage): boolean => {
    const isKnown = headers['proxy-authorization'] === password;
    if (isKnown) passed.push(`${method} ${url}`);
    return isKnown;
  };
  const proxy = createServer((incoming, outgoing) => {
    if (!isLetIn(incoming)) {
      outgoing.writeHead(407).end();
      return;
    }
    const { method, headers } = incoming;
    const onward = forward(upstream, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
  proxy.on('connect', (incoming: IncomingMessage, socket: Socket) => {
    if (!isLetIn(incoming)) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    join(socket, Number(frontPort));
  });
  const address = (await listenOnLoopback(proxy)).replace('//', '//voice:pass@');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
    front.close();
  });
  return { address, direct: `https://localhost:${frontPort}`, certificate: certificate.file, passed };
}

function join(socket: Socket, port: number): void {
  const onward = connect(port, '127.0.0.1');
  socket.pipe(onward).pipe(socket);
  const stop = (): void => {
    socket.destroy();
    onward.destroy();
  };
  socket.on('error', stop);
  onward.on('error', stop);
}
