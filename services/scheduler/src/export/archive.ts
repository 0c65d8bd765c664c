// A zip file as a stream: one file of lines per table, then a manifest with what each of them holds. Files are made one after the
// other, while they are read, so that the size of the archive costs no memory.
import { createHash } from 'node:crypto'
import { Readable, Transform } from 'node:stream'
import { ZipFile } from 'yazl'

export type ArchiveFile = { name: string; table: string; lines(): AsyncIterable<readonly string[]> }
export type FileEntry = { file: string; table: string; rows: number; bytes: number; sha256: string }
export type About = { tenantId: string; mode: 'test' | 'live'; createdAt: Date }
export type Measured = { bytes: number; sha256: string }

export type Archive = {
  stream: Readable
  /** Once the stream has ended. */
  measured(): Measured
  entries: readonly FileEntry[]
}

/** `onRows` is told after each page how many rows there are so far. What goes wrong destroys the stream. */
export function createArchive(
  files: readonly ArchiveFile[],
  about: About,
  onRows: (rows: number) => Promise<void>,
): Archive {
  const zip = new ZipFile()
  const entries: FileEntry[] = []
  const { output, measured } = measuring()
  let rows = 0
  let current: Readable | undefined

  for (const file of files) add(`${file.name}.jsonl`, () => linesOf(file))
  add('manifest.json', manifest)
  zip.end()

  zip.on('error', (error: Error) => output.destroy(error))
  zip.outputStream.pipe(output)
  output.on('close', () => current?.destroy())
  return { stream: output, measured, entries }

  function add(name: string, content: () => AsyncIterable<Buffer>): void {
    zip.addReadStreamLazy(name, { mtime: about.createdAt, mode: 0o100644 }, (give) => {
      const source = Readable.from(content())
      source.on('error', (error) => output.destroy(error))
      current = source
      give(null, source)
    })
  }

  async function* linesOf({ name, table, lines }: ArchiveFile): AsyncGenerator<Buffer> {
    const hash = createHash('sha256')
    const entry = { file: `${name}.jsonl`, table, rows: 0, bytes: 0 }
    for await (const page of lines()) {
      const bytes = Buffer.from(`${page.join('\n')}\n`)
      hash.update(bytes)
      entry.rows += page.length
      entry.bytes += bytes.length
      rows += page.length
      yield bytes
      await onRows(rows)
    }
    entries.push({ ...entry, sha256: hash.digest('hex') })
  }

  async function* manifest(): AsyncGenerator<Buffer> {
    const { tenantId, mode, createdAt } = about
    const text = {
      format: 'wagate-export-1',
      tenant_id: tenantId,
      mode,
      created_at: createdAt.toISOString(),
      finished_at: new Date().toISOString(),
      files: entries,
    }
    yield Buffer.from(`${JSON.stringify(text, undefined, 2)}\n`)
  }
}

function measuring(): { output: Transform; measured: () => Measured } {
  const hash = createHash('sha256')
  let bytes = 0
  const output = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      bytes += chunk.length
      done(null, chunk)
    },
  })
  let sha256: string | undefined
  return {
    output,
    measured: () => {
      sha256 ??= hash.digest('hex')
      return { bytes, sha256 }
    },
  }
}
