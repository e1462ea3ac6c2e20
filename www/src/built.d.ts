// What the build makes and TypeScript cannot see; `xtask/src/site.rs` tells how.

/** A module of an artifact: its address in a browser's bundle, the module itself or its file in a server's. */
declare module "*.wasm" {
  const module: string;
  export default module;
}

/** A minified stylesheet as text, for constructable stylesheets. */
declare module "styles/*" {
  const text: string;
  export default text;
}

/** Plain names of assets to their addresses, from the top of the site; in servers' programs only. */
declare module "site/assets.json" {
  const names: Record<string, string>;
  export default names;
}

/** A vocabulary, zipped: its address. */
declare module "vocabulary/*" {
  const address: string;
  export default address;
}
