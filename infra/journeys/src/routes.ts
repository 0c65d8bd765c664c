// Every page that the dashboard has, found by its folder, so that a page that nobody judges is noticed.
import { globSync } from 'node:fs'
import { at } from '@wagate/dev/paths.ts'

/** `/[tenant]/[mode]/sessions/[session]`: as the folders are called, without groups and matchers. */
export const routes = (): string[] =>
  globSync('**/+page.svelte', { cwd: at('ui/src/routes') })
    .map((file) => file.split('/').slice(0, -1))
    .map((folders) => folders.filter((name) => !name.startsWith('(')).map((name) => name.replace(/=.*\]/, ']')))
    .map((names) => `/${names.join('/')}`)
    .toSorted()

/** Which of them an address is: what is written out goes before what is named. */
export function routeOf(path: string, known: readonly string[]): string | undefined {
  const steps = path.replace(/[?#].*/, '').split('/')
  const fits = (route: string) => {
    const names = route.split('/')
    return names.length === steps.length && names.every((name, n) => name.startsWith('[') || name === steps[n])
  }
  const named = (route: string) => route.split('[').length
  return known.filter(fits).toSorted((a, b) => named(a) - named(b))[0]
}
