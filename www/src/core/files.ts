/** Files beside this module, in the runtimes that have files; elsewhere there are none. */

/** The bytes of a file, in the runtimes that have files; undefined elsewhere, and for other addresses. */
export function readFile(address: URL | string): Uint8Array<ArrayBuffer> | undefined {
  if (!String(address).startsWith("file:")) return undefined;
  // Not an import: a browser's bundler would try to resolve it.
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): any } };
  return process?.getBuiltinModule?.("node:fs")?.readFileSync(new URL(address));
}

/** The same for what the package carries; undefined also where it is not there. */
export function readBeside(beside: () => URL): Uint8Array<ArrayBuffer> | undefined {
  // A bundler may have turned the module into a classic script, where there is no address to resolve against.
  try {
    return readFile(beside());
  } catch {
    return undefined;
  }
}
