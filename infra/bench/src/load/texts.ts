// The messages of the bench: who writes what to whom. Bare Baileys and the pipeline send exactly the same.

/** Unlike any other of the run, and as long as what people write: 20 to 160 characters. */
export function textOf(tag: string, n: number): string {
  const head = `${tag} ${n} `
  return head.padEnd(Math.max(head.length, 20 + ((n * 37) % 141)), 'lorem ipsum dolor sit amet ')
}

/** Session and contact of the n-th message: sessions take turns, and each goes through all its contacts. */
export const placeOf = (n: number, sessions: number, contacts: number): { session: number; contact: number } => ({
  session: n % sessions,
  contact: Math.floor(n / sessions) % contacts,
})
