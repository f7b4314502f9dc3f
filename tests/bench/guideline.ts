// Search over HTTP in a guideline of three hundred pages in two languages: the first, which indexes the version, and those after it.
import { toMarkdown } from '#lib/domain/guideline-markdown.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { longGuideline, pagesOf } from '../support/long-guideline.ts'
import { type Session, signIn } from './demo-session.ts'
import { milliseconds, quantile } from './fill.ts'

const ROUNDS = 200
const SEARCHES = ['check', 'shortest example that works', '核对每个数字', 'truthful must', '初学者 proof', 'nothing like this at all']

/** A project with the long guideline published; its id. */
async function publishLong(session: Session): Promise<string> {
  const long = longGuideline()
  const name = `bench-guideline-${Date.now()}`
  const { id } = await session.call<{ id: string }>('POST', '/projects', { name, slug: name, description: '' })
  let { version } = await session.call<{ version: number }>('GET', `/projects/${id}/guideline/draft`)
  for (const language of LOCALES) {
    const body = { language, text: toMarkdown(long, language), baseVersion: version }
    version = (await session.call<{ version: number }>('POST', `/projects/${id}/guideline/draft/markdown`, body)).version
  }
  await session.call('POST', `/projects/${id}/guideline/versions`, { bump: 'major', note: 'Of some length.', draftVersion: version })
  console.log(`\nsearch over HTTP in a guideline of ${pagesOf(long).toFixed(0)} pages a language, ${long.rules.length} rules, ${ROUNDS} searches`)
  return id
}

export async function benchGuideline(address: string): Promise<void> {
  const session = await signIn(address, 'manager')
  const id = await publishLong(session)
  const samples: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const search = encodeURIComponent(SEARCHES[round % SEARCHES.length] ?? '')
    const started = performance.now()
    await session.call('GET', `/projects/${id}/guideline/search?search=${search}&language=zh`)
    samples.push(performance.now() - started)
  }
  const [first = Number.NaN, ...others] = samples
  console.log(['first', 'p50', 'p99'].map((cell) => cell.padEnd(11)).join(' '))
  console.log([first, quantile(others, 0.5), quantile(others, 0.99)].map((value) => milliseconds(value).padEnd(11)).join(' '))
}
