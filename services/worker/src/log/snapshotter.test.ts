import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { acked, intent, queued } from '../fakes/log-records.ts'
import { MemoryObjects } from '../fakes/memory-objects.ts'
import { world } from '../fakes/snapshot-world.ts'

const never = () => new Promise<never>(() => {})

test('the log is purged up to the snapshot before the newest, and two snapshots stay', async () => {
  const { subject, objects, owner, expectNothingForgotten } = world()
  const first = await owner()
  await first.work(40)
  await first.take()
  expect(subject.messages[0]?.seq).toBe(1)
  const cutOfFirst = Number([...objects.stored.keys()][0]?.split('-')[1])
  await first.work(40)
  await first.take()
  expect(subject.messages[0]?.seq).toBe(cutOfFirst + 1)
  await first.work(40)
  await first.take()
  expect(objects.stored.size).toBe(2)
  await first.work(10)
  const next = await expectNothingForgotten()
  expect(next.restoredFrom?.seq).toBe(Number([...objects.stored.keys()].at(-1)?.split('-')[1]))
  expect(next.replayed.records).toBeLessThanOrEqual(12)
})

test('the text of a sent message is known to the next owner though its records were purged', async () => {
  const { subject, owner, expectNothingForgotten } = world()
  const first = await owner()
  await first.write(queued(77), intent(77), acked(77))
  for (let n = 0; n < 2; n++) {
    await first.work(30)
    await first.take()
  }
  const { memory } = await expectNothingForgotten()
  expect(subject.messages[0]?.seq).toBeGreaterThan(2) // the claim and these three came first
  expect(memory.sent.get('WA77')?.message.content).toEqual({ type: 'text', text: { body: 'text 77' } })
})

test('the events that were not published when a snapshot was taken are published by the next owner, once purged too', async () => {
  const { owner, expectNothingForgotten } = world()
  const first = await owner()
  await first.work(30)
  first.publishAll()
  const published = first.memory.sequence
  await first.work(30)
  await first.take()
  await first.work(30)
  await first.take()
  await expectNothingForgotten(published)
})

test('what is written while a snapshot is being taken is not in it, and is replayed', async () => {
  const { objects, owner, expectNothingForgotten } = world()
  const first = await owner()
  await first.work(20)
  const stored = Promise.withResolvers<void>()
  const put = objects.put.bind(objects)
  objects.put = async (name, bytes) => {
    await stored.promise
    await put(name, bytes)
  }
  const taken = first.take()
  await first.work(20)
  stored.resolve()
  await taken
  expect((await expectNothingForgotten()).replayed.records).toBeGreaterThanOrEqual(20)
})

/** Stops for good when it is called, and says that it has come to that. */
function crash() {
  const reached = Promise.withResolvers<void>()
  const here = (): Promise<never> => {
    reached.resolve()
    return never()
  }
  return {
    here,
    atSnapshot: (labels: ReadonlySet<string>) => (labels.has('SNAPSHOT') ? here() : Promise.resolve()),
    reached: reached.promise,
  }
}

type Crash = ReturnType<typeof crash>
const crashes: [string, (here: ReturnType<typeof world>, at: Crash) => void][] = [
  [
    'before the object is stored',
    ({ objects }, { here }) => {
      objects.put = here
    },
  ],
  [
    'after the object is stored, before the log says so',
    ({ subject }, { atSnapshot }) => {
      subject.beforeStore = atSnapshot
    },
  ],
  [
    'after the log says so, before the owner knows',
    ({ subject }, { atSnapshot }) => {
      subject.afterStore = atSnapshot
    },
  ],
  [
    'after the purge, before older objects are deleted',
    ({ objects }, { here }) => {
      objects.names = here
    },
  ],
]

test.each(crashes)('an owner that dies %s leaves nothing that the next one misses', async (_, arm) => {
  const here = world()
  const { subject, objects } = here
  const first = await here.owner()
  for (let n = 0; n < 2; n++) {
    await first.work(25)
    await first.take()
  }
  await first.work(25)
  const death = crash()
  arm(here, death)
  void first.take().catch(() => {})
  await death.reached
  const { put, names } = MemoryObjects.prototype
  Object.assign(objects, { put, names })
  Object.assign(subject, { beforeStore: async () => {}, afterStore: async () => {} })

  const next = await here.expectNothingForgotten()
  await next.work(25)
  await next.take()
  await next.work(5)
  await here.expectNothingForgotten()
  expect(objects.stored.size).toBeLessThanOrEqual(3)
})

test('an owner that dies before the purge leaves a longer log and nothing else', async () => {
  const { subject, owner, expectNothingForgotten } = world()
  const death = crash()
  const first = await owner(death.here)
  await first.work(25)
  await first.take()
  await first.work(25)
  void first.take()
  await death.reached
  expect(subject.messages[0]?.seq).toBe(1)
  await expectNothingForgotten()
})

test('with the store away nothing is purged; the log goes on, and is enough', async () => {
  const { subject, objects, owner, expectNothingForgotten } = world()
  const first = await owner()
  await first.work(25)
  objects.isAway = true
  await expect(first.take()).rejects.toThrow('away')
  await first.work(25)
  expect(subject.messages[0]?.seq).toBe(1)
  expect(first.backlog().records).toBeGreaterThanOrEqual(50)
  await expectNothingForgotten()
})

test.each<[string, (objects: MemoryObjects, newest: string) => void]>([
  ['missing', (objects, newest) => void objects.stored.delete(newest)],
  ['damaged', (objects, newest) => void objects.stored.set(newest, randomBytes(300))],
])('a snapshot that is %s is passed over for the one before it', async (_, harm) => {
  const { subject, objects, owner, expectNothingForgotten, reports } = world()
  const first = await owner()
  for (let n = 0; n < 3; n++) {
    await first.work(25)
    await first.take()
  }
  await first.work(5)
  harm(objects, [...objects.stored.keys()].at(-1) ?? '')
  const next = await expectNothingForgotten()
  expect(reports).toContain('snapshot.unusable')
  expect(next.replayed.unusable).toBe(1)

  // The harmed one counts for nothing any more: what the next owner keeps does not rest on it.
  const protectedFrom = next.restoredFrom?.seq ?? 0
  await next.work(25)
  await next.take()
  expect(subject.messages[0]?.seq).toBeLessThanOrEqual(protectedFrom + 1)
  await next.work(5)
  await expectNothingForgotten()
})

test('a session whose log was purged does not start without any snapshot, and says why', async () => {
  const { objects, owner } = world()
  const first = await owner()
  for (let n = 0; n < 3; n++) {
    await first.work(25)
    await first.take()
  }
  objects.isAway = true
  await expect(owner()).rejects.toThrow(/cannot be put together again.*away.*the log begins at position/)
  objects.isAway = false
  objects.stored.clear()
  await expect(owner()).rejects.toThrow(/not in the object store.*the log begins at position/)
})

test('what was read ahead of a takeover is read again if it was purged meanwhile', async () => {
  const here = world()
  const first = await here.owner()
  await first.work(25)
  const ahead = await here.readLog()
  for (let n = 0; n < 3; n++) {
    await first.work(25)
    await first.take()
  }
  await first.work(5)
  await here.expectNothingForgotten(0, ahead)
})

test('what was read ahead, and a snapshot that was taken since, are the whole', async () => {
  const here = world()
  const first = await here.owner()
  await first.work(25)
  await first.take()
  await first.work(5)
  const ahead = await here.readLog()
  await first.work(5)
  await first.take()
  await first.work(5)
  const next = await here.expectNothingForgotten(0, ahead)
  expect(next.restoredFrom?.seq).toBe(Number([...here.objects.stored.keys()].at(-1)?.split('-')[1]))
})

test('an owner that was fenced while it took a snapshot harms nothing of its successor', async () => {
  const { objects, owner, expectNothingForgotten } = world()
  const old = await owner()
  await old.work(25)
  await old.take()
  await old.work(25)
  await old.take()
  const held = Promise.withResolvers<void>()
  const put = objects.put.bind(objects)
  objects.put = async (name, bytes) => {
    if (name.startsWith('1-')) await held.promise
    await put(name, bytes)
  }
  const late = old.take()
  const next = await owner()
  for (let n = 0; n < 3; n++) {
    await next.work(25)
    await next.take()
  }
  const before = [...objects.stored.keys()]
  held.resolve()
  await expect(late).rejects.toThrow('another owner')
  expect([...objects.stored.keys()]).toEqual(expect.arrayContaining(before))
  await expectNothingForgotten()
})
