/** libsignal prints private ratchet keys to the console: call this before Baileys is loaded, in every process that loads it. */
export function muteConsole(): void {
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir'] as const) console[method] = () => {}
}
