/**
 * Silences `console`. libsignal, under Baileys, prints whole sessions with their private keys through it; nothing here uses it otherwise.
 * Call it before the first message; it lasts for the life of the process.
 */
export function muteConsole(): void {
  for (const method of ['debug', 'info', 'log', 'warn', 'error', 'trace'] as const) console[method] = () => {}
}
