// A QR code as lines of half blocks, two modules to a character.
import { toString as render } from 'qrcode'

/**
 * On a terminal with colours it is black on white, as scanners like it; without colours the light modules are the
 * drawn ones, which is right on a dark background.
 */
export async function drawQr(text: string, colour: boolean): Promise<string[]> {
  const inverse = { color: { dark: '#ffffff', light: '#000000' } }
  const drawn = await render(text, {
    type: 'utf8',
    errorCorrectionLevel: 'L',
    margin: 2,
    ...(colour ? {} : inverse),
  })
  return drawn.split('\n').map((line) => (colour ? `\u001B[30;107m${line}\u001B[0m` : line))
}
