// Writes schemas/api/openapi.json from the routes: run it after changing one.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createWorld } from '../fakes/world.ts'

const { app } = await createWorld()
const document = await (await app.request('/openapi.json')).json()
await writeFile(
  join(import.meta.dirname, '../../../../schemas/api/openapi.json'),
  `${JSON.stringify(document, null, 2)}\n`,
)
