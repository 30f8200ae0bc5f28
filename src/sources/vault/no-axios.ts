// What the bundle puts in the place of axios: node-vault loads it at start and never needs it, since it is given our transport.

/** Stands for `axios.create`. Throws: whoever gets here has lost the transport. */
export function create(): never {
  throw new Error('axios is not part of voxsync; node-vault must be given a transport');
}
