import { webhookPayload } from '@wagate/api/webhook-payload.ts'

const eventTypes = webhookPayload.options.map(({ shape }) => shape.type.value)

/** What is written into the form of an endpoint; every type means all of them, also those to come. */
export async function fieldsOf(request: Request) {
  const fields = await request.formData()
  const texts = (name: string) => fields.getAll(name).flatMap((value) => (typeof value === 'string' ? [value] : []))
  const chosen = texts('type')
  const known = eventTypes.filter((type) => chosen.includes(type))
  const [url = '', description = ''] = [...texts('url'), ...texts('description')]
  return {
    url: url.trim(),
    description: description.trim() === '' ? null : description,
    event_types: known.length === eventTypes.length ? [] : known,
  }
}

/** By entity, in the order in which they happen. */
export const typesByEntity = (): [string, string[]][] => [
  ...Map.groupBy(eventTypes, (type) => type.split('.')[0] ?? '').entries(),
]
