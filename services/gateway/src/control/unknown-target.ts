/** What was asked for names something that does not exist. */
export class UnknownTarget extends Error {
  override readonly name = 'UnknownTarget'
}
