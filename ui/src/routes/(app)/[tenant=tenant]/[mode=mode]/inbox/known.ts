// What a page knows of a list that changes at its head and grows at its tail: the first page as it was read last, and older ones below it.
import type { Page } from '@wagate/api/paging.ts'

export type Known<Item> = {
  /** Newest first. */
  items: readonly Item[]
  /** Where older ones go on; null at the end. */
  next: string | null
}
/** Where an item stands: its time, which the list is sorted by. */
export type TimeOf<Item> = (item: Item) => string

type Named = { id: string }

export const knownOf = <Item>({ data, next_cursor }: Page<Item>): Known<Item> => ({ items: data, next: next_cursor })

/**
 * After the first page was read again. What is newer than its last item is as it says; what is older stays. Where it does not reach down to
 * what was the newest, there is a hole between, so that only the page is known.
 */
export function refreshed<Item extends Named>(known: Known<Item>, page: Page<Item>, timeOf: TimeOf<Item>): Known<Item> {
  const last = page.data.at(-1)
  const [newest] = known.items
  if (!last || !newest || page.next_cursor === null || timeOf(last) > timeOf(newest)) return knownOf(page)
  const fresh = new Set(page.data.map(({ id }) => id))
  const older = known.items.filter((item) => !fresh.has(item.id) && timeOf(item) <= timeOf(last))
  if (older.length === 0) return knownOf(page)
  return { items: [...page.data, ...older], next: known.next }
}

/** After the page at `next` was read. */
export function grown<Item extends Named>(known: Known<Item>, page: Page<Item>): Known<Item> {
  const ids = new Set(known.items.map(({ id }) => id))
  return { items: [...known.items, ...page.data.filter(({ id }) => !ids.has(id))], next: page.next_cursor }
}
