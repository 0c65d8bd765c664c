// Every page that there is, as a stranger, a customer and an operator find it: wide and in the light, narrow and in the dark and from
// right to left.
import type { TestStack } from '@wagate/testing/stack.ts'
import { type Looker, lookersAt } from './lookers.ts'
import { pages, pathOf } from './pages.ts'
import { createSample } from './sample.ts'
import { type Surroundings, visit } from './visitor.ts'

const looks = [
  { width: 1_280, theme: 'light', language: 'pt-BR' },
  { width: 360, theme: 'dark', language: 'ar' },
] as const

export async function everyPage(
  around: Omit<Surroundings, 'language'>,
  stack: Pick<TestStack, 'url' | 'wiring'>,
): Promise<void> {
  const sample = await createSample(stack)
  const lookers = await lookersAt(stack, around.browser, sample)
  const wrong: string[] = []
  const note = (error: unknown) => void wrong.push(error instanceof Error ? error.message : String(error))
  for (const look of looks)
    for (const by of Object.keys(lookers) as Looker[]) {
      const theirs = { ...around, ...look, kept: lookers[by], name: `${around.name} ${by} ${look.width}` }
      // All of what is wrong is told at once: a change of a part that all pages have may concern many.
      await visit(theirs, async (visitor) => {
        for (const { path } of pages.filter((page) => (page.by ?? 'person') === by)) {
          await visitor.open(pathOf(path, sample.ids))
          await visitor.page.getByRole('heading', { level: 1 }).waitFor()
          await visitor.judge().catch(note)
        }
      }).catch(note)
    }
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
}
