// Who waits for whom. Pure.
import { type Component, type ComponentName, components, type Preparation } from './components.ts'

/** The servers that a preparation needs. */
export const preparedOn: Record<Preparation, readonly ComponentName[]> = {
  migrations: ['postgres'],
  streams: ['nats'],
  pages: [],
}

export const isPreparation = (step: ComponentName | Preparation): step is Preparation => step in preparedOn

/** The components that `component` uses, a preparation standing for its server. */
export const uses = (component: Component): ComponentName[] =>
  component.after.flatMap((step) => (isPreparation(step) ? preparedOn[step] : step))

/** The components that use `name`, directly: they stop before it. */
export const usersOf = (name: ComponentName, all: readonly Component[] = components): Component[] =>
  all.filter((component) => uses(component).includes(name))

/** The named components and everything they need; all of them when nothing is named. */
export function withNeeds(only: ComponentName[] | undefined, all: readonly Component[] = components): Component[] {
  if (!only) return [...all]
  const wanted = new Set<ComponentName>()
  const add = (name: ComponentName): void => {
    if (wanted.has(name)) return
    wanted.add(name)
    const component = all.find((one) => one.name === name)
    if (component) for (const need of uses(component)) add(need)
  }
  for (const name of only) add(name)
  return all.filter(({ name }) => wanted.has(name))
}
