// The embedded stack's S3: `s3rver`, for development and tests only. Clients need `forcePathStyle` and
// `requestChecksumCalculation: 'WHEN_REQUIRED'`: it stores the trailer of a streamed checksum as part of the object.
import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'

export type S3Options = { dir: string; port?: number; buckets: string[] }

export type S3Server = {
  url: string
  port: number
  /** The only key pair that s3rver knows. */
  accessKeyId: string
  secretAccessKey: string
  buckets: string[]
  stop(): Promise<void>
} & AsyncDisposable

type S3rver = { run(): Promise<{ port: number }>; close(): Promise<void> }
type S3rverClass = new (options: {
  address: string
  port: number
  silent: boolean
  directory: string
  configureBuckets: { name: string }[]
}) => S3rver

/** Serves S3 from this process on the loopback interface, keeping the objects as files in `dir`. */
export async function startS3Server(options: S3Options): Promise<S3Server> {
  mkdirSync(options.dir, { recursive: true })
  const S3rver: S3rverClass = createRequire(import.meta.url)('s3rver')
  const server = new S3rver({
    address: '127.0.0.1',
    port: options.port ?? 0,
    silent: true,
    directory: options.dir,
    configureBuckets: options.buckets.map((name) => ({ name })),
  })
  const { port } = await server.run()
  const stop = () => server.close()
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    accessKeyId: 'S3RVER',
    secretAccessKey: 'S3RVER',
    buckets: options.buckets,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}
