// Which passwords are taken: NIST SP 800-63B-4 §3.1.1. Length, and nothing that is known or easily guessed; no rule about what
// characters it is made of.
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

/** In characters. 15 is what the standard asks of a password that may be the only factor. */
export const passwordLength = { least: 15, most: 128 } as const

/** Tries to guess: below that it is no better than one of a list. */
const fewestGuesses = 1e9

const guesser = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: passwordLength.most })

/** As the standard wants it before hashing, so that it is the same typed on any keyboard. */
export const normalized = (password: string): string => password.normalize('NFKC')

/** What to change about it; undefined when nothing. `about` is what others know of the person: address, name, company. */
export function objectionTo(password: string, about: readonly string[]): string | undefined {
  const characters = [...normalized(password)].length
  if (characters < passwordLength.least)
    return `Use at least ${passwordLength.least} characters: three or four words that do not belong together are easy to remember.`
  if (characters > passwordLength.most) return `Use at most ${passwordLength.most} characters.`
  const known = ['wagate', 'whatsapp', ...about.flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])]
  const words = known.filter((word) => word.length > 2)
  if (guesser.check(normalized(password), words).guesses < fewestGuesses)
    return 'This password is easily guessed: it is on lists of stolen passwords, repeats itself, or is made of your name or address. Use other words.'
  return undefined
}
