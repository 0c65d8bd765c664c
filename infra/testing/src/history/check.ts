// Judges a history: the one place that says what the system promises, used by every test that breaks something.
import { noGaps, viewsFold, webhooksComplete } from './events.ts'
import type { History } from './history.ts'
import { deliveryTold, readable, settledOnce, shownOnce, toldOnce } from './messages.ts'
import { framesOfOwners, oneOwner, resendsExplained } from './owners.ts'

const promises = {
  'I1 every accepted message is settled once': settledOnce,
  'I2 every accepted message is shown once': shownOnce,
  'I3 every message that a person wrote is told once': toldOnce,
  'I4 one owner at a time': oneOwner,
  'I4 only the owner speaks': framesOfOwners,
  'I5 nothing is undecryptable': readable,
  'I6 the views say what the events say': viewsFold,
  'I7 every event reaches the webhook': webhooksComplete,
  'I8 the events of a session have no gap': noGaps,
  'what a phone shows is told as delivered': deliveryTold,
  'only what was unacknowledged is sent again': resendsExplained,
} satisfies Record<string, (history: History) => string[]>

const casesTold = 10

/** Every promise that the history breaks, as text; at most ten cases of each. Empty when all is well. */
export function violations(history: History): string[] {
  return Object.entries(promises).flatMap(([promise, check]) => {
    const found = check(history)
    const lines = found.slice(0, casesTold).map((what) => `${promise}: ${what}`)
    return found.length > casesTold ? [...lines, `… and ${found.length - casesTold} more`] : lines
  })
}
