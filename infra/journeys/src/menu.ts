// The menu of an account's pages, which is behind a button where there is no room for it.
import type { Visitor } from './visitor.ts'

export async function openMenu({ page, t }: Visitor): Promise<void> {
  const button = page.getByRole('button', { name: t('shell.menu') })
  if (await button.isVisible()) await button.click()
}

/** Follows an entry, by its words. */
export async function choose(visitor: Visitor, label: string): Promise<void> {
  await openMenu(visitor)
  await visitor.page.getByRole('link', { name: label, exact: true }).filter({ visible: true }).click()
}

/** The words of all entries of the menu. */
export async function menuEntries({ page, t }: Visitor): Promise<string[]> {
  const menu = page.getByRole('navigation', { name: t('shell.navigation'), includeHidden: true }).first()
  const texts = await menu.getByRole('link', { includeHidden: true }).allTextContents()
  return texts.map((text) => text.trim())
}
