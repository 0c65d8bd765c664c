// What is wrong in Baileys and libsignal and can be mended from outside of them (docs/adr/0011-libraries-mended-from-outside.md).
import { Curve } from '@whiskeysockets/baileys'
import { sessionCipher, tryOnCopies } from './session-trial.ts'
import { replaceVerify } from './verify.ts'

let mended = false

/** For the whole process, before its first session; a second call changes nothing. */
export function mendLibraries(): void {
  if (mended) return
  mended = true
  replaceVerify(Curve)
  tryOnCopies(sessionCipher())
}
