// Preloaded into the program: the link-local addresses at which AWS gives out credentials lead to LINK_LOCAL_PORT of this machine, as the network of a task or a pod leads them to its agent.
import { Socket } from 'node:net';

const addresses = new Set(['169.254.170.2', '169.254.170.23', 'fd00:ec2::23']);
const port = Number(process.env.LINK_LOCAL_PORT);
const { connect } = Socket.prototype;

Socket.prototype.connect = function connectNearby(...args) {
  // Node hands over its own calls as a list of options and listener.
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  if (addresses.has(options?.host)) Object.assign(options, { host: '127.0.0.1', port });
  return connect.apply(this, args);
};
