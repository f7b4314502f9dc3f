import { accessSync, constants } from 'node:fs'
import path from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']
const MAC_PLACES = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium']

export const INSTALL_CHROMIUM = 'apt-get install -y chromium fonts-noto-cjk'

/** The system's Chromium; Playwright's own would have to be downloaded. */
export function findChromium(): string | null {
  const folders = (process.env.PATH ?? '').split(path.delimiter)
  const places = [...folders.flatMap((folder) => NAMES.map((name) => path.join(folder, name))), ...(process.platform === 'darwin' ? MAC_PLACES : [])]
  const isExecutable = (file: string) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  }
  return places.find(isExecutable) ?? null
}
