/** Loaded from node_modules at run time, where they are: prebuilt binaries, and the lab's peers. */
export const EXTERNAL = [
  /^@koromix\//,
  /^libsql/,
  /^jsmodbus/,
  /^rhea/,
  /^aedes/,
  /^amqplib/,
  /^coap$/,
  /^node:/,
];
