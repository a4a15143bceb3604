/** Loaded from node_modules at run time, where they are: prebuilt binaries, and the lab's peers. */
export const EXTERNAL = [
  /^@koromix\//,
  /^@libsql\//,
  // Beside the bundle, in a file of its own: only Node 20 to 22.15 reads it.
  /^libsql$/,
  /^jsmodbus/,
  /^rhea/,
  /^aedes/,
  /^amqplib/,
  /^coap$/,
  // The browser that tests and benches look at the dashboard with.
  /^playwright-core$/,
  /^node:/,
];
