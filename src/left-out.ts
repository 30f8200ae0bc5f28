// What the bundle puts in the place of what packages load at start and never use here: axios, HTTP/2, worker threads.

/** Stands for `axios.create`, and for all the rest. Throws: whoever gets here has lost the transport that we gave. */
export function create(): never {
  throw new Error('this part of a package is not in the bundle of voxsync');
}
