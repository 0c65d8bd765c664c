// The figures of service levels as they are stored and added up.
export const levelNames = [
  'upMs',
  'downMs',
  'excusedMs',
  'linksTried',
  'linksMade',
  'linkMs',
  'migrations',
  'migrationsMade',
  'migrationsInTime',
  'sent',
  'delivered',
  'failed',
] as const
export type Levels = Record<(typeof levelNames)[number], number>

const levelsFrom = (of: (name: (typeof levelNames)[number]) => number): Levels => ({
  ...{ upMs: of('upMs'), downMs: of('downMs'), excusedMs: of('excusedMs') },
  ...{ linksTried: of('linksTried'), linksMade: of('linksMade'), linkMs: of('linkMs') },
  ...{ migrations: of('migrations'), migrationsMade: of('migrationsMade') },
  ...{ migrationsInTime: of('migrationsInTime'), sent: of('sent') },
  ...{ delivered: of('delivered'), failed: of('failed') },
})

export const noLevels: Levels = levelsFrom(() => 0)

export const sumOf = (all: readonly Levels[]): Levels =>
  levelsFrom((name) => all.reduce((sum, levels) => sum + levels[name], 0))
