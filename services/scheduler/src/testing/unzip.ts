import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { type Entry, fromBuffer, type Options, type ZipFile } from 'yauzl'

const open = promisify<Buffer, Options, ZipFile>(fromBuffer)

/** Name → text of each file of a zip archive, in the order of its directory. */
export async function unzip(archive: Uint8Array): Promise<Map<string, string>> {
  const zip = await open(Buffer.from(archive), { lazyEntries: true })
  const openStream = promisify<Entry, NodeJS.ReadableStream>(zip.openReadStream.bind(zip))
  const files = new Map<string, string>()
  for (let read = 0; read < zip.entryCount; read++) {
    const next: Promise<Entry[]> = once(zip, 'entry')
    zip.readEntry()
    for (const entry of await next) files.set(entry.fileName, await text(await openStream(entry)))
  }
  return files
}
