// The operator's verb for people: erases one who asked support for it, or again, after an older backup was restored.
import { z } from 'zod'
import type { ErasureRegister } from '../account/erasure-register.ts'
import type { Control } from './manage.ts'

export type ErasePersonDeps = { persons: Pick<Control['persons'], 'erase'>; register: Pick<ErasureRegister, 'add'> }

const personId = z.string('--person is missing').startsWith('per_', '--person is an id, like per_…')

/** What to print as JSON. Whoever is gone already is no error. */
export async function erasePerson({ persons, register }: ErasePersonDeps, person: unknown): Promise<unknown> {
  const id = personId.parse(person)
  await register.add(id)
  const outcome = await persons.erase(id, { leaving: true })
  if (outcome.kind !== 'done') return { person_id: id, erased: false }
  const without_owner = outcome.ownerless.map(({ tenantId }) => tenantId)
  return { person_id: id, erased: true, left: outcome.tenantIds, without_owner }
}
