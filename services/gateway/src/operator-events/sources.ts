// Where notices come from: watches that the gateway has anyway, and a look every two seconds, while somebody follows, at what tells of
// nothing by itself.
import type { NoticeType } from '@wagate/api/operator-events.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import { deadLetters } from '../dead-letter/letter.ts'
import type { Fleet } from '../fleet/fleet.ts'
import type { Instances } from '../system-health/instances.ts'
import type { Notices } from './notices.ts'

type Mirrored = { onChange(listener: (change: { key: string }) => void): () => void }
export type SourceDeps = {
  fleet: Pick<Fleet, 'onChange' | 'workers'>
  instances: Pick<Instances, 'onChange'>
  tenants: Mirrored
  supportAccesses: Mirrored
  broker: Pick<Broker, 'streamState'>
  lookEveryMs: number
}

/** Returns what ends it. */
export function feedNotices(notices: Notices, deps: SourceDeps): () => void {
  const { changed } = notices
  const ends = [
    deps.fleet.onChange((what, id) => changed(`${what}.changed`, id)),
    deps.instances.onChange((id) => changed('instances.changed', id)),
    deps.tenants.onChange(({ key }) => changed('tenants.changed', key)),
    // `<tenant>.<access>`
    deps.supportAccesses.onChange(({ key }) => changed('support_accesses.changed', key.split('.')[1])),
  ]
  const look = createLook(deps, changed)
  let looking = false
  const timer = setInterval(async () => {
    if (looking || notices.followers() === 0) return
    looking = true
    await look().catch(() => undefined) // the broker is away: the next look finds what is different then
    looking = false
  }, deps.lookEveryMs)
  return () => {
    clearInterval(timer)
    for (const end of ends) end()
  }
}

/** Workers that are silent, dead letters, and how much the streams hold: lag is different each time. */
function createLook({ fleet, broker }: SourceDeps, changed: (type: NoticeType) => void) {
  let workers: string | undefined
  let letters: string | undefined
  return async (): Promise<void> => {
    changed('streams.changed')
    const present = fleet
      .workers()
      .map(({ workerId }) => workerId)
      .join()
    if (workers !== undefined && workers !== present) changed('workers.changed')
    workers = present
    const { messages, lastSeq } = await broker.streamState(deadLetters)
    const held = `${messages} ${lastSeq}`
    if (letters !== undefined && letters !== held) changed('dead_letters.changed')
    letters = held
  }
}
