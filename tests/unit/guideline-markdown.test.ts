import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GuidelineContent, guidelineFaults, type Rule } from '#lib/domain/guideline.ts'
import { fromMarkdown, inLanguage, toMarkdown } from '#lib/domain/guideline-markdown.ts'
import { LOCALES } from '#lib/domain/locale.ts'
import { PRINCIPLES } from '#lib/domain/principles.ts'

const seeded = JSON.parse(readFileSync(new URL('../../prisma/seed/content/guideline.json', import.meta.url), 'utf8'))
const { version: _version, ...shippedText } = seeded
const shipped = GuidelineContent.parse(shippedText)

// What Markdown and the file's own marks are made of, so that texts look like what they must not be taken for.
const FRAGMENTS = [
  '# ',
  '## x {#truthful/a level=must}',
  '### y',
  '{#',
  '}',
  '**Rationale**',
  '**Example**',
  '**Example**: z',
  '~~~xml',
  '~~~',
  '```',
  '<user>',
  '</user>',
  '<comparison>',
  '</comparison>',
  '<assistant> <!-- GOOD -->',
  '</assistant>',
  '<!--',
  '-->',
  '<script>',
  '<?',
  '- ',
  '1. ',
  '> ',
  '    ',
  '\t',
  '\n',
  '\n\n',
  '\r',
  '\r\n',
  '===',
  '---',
  '!!! meta "Commentary"',
  '~~~markdown verbatim',
  '~~~json verbatim',
  '~~~json example',
  '\\',
  '"',
  ']',
  '[a]: b',
  '规则',
  '\ufeff',
  '\u2028',
  '😀',
  'e\u0301',
  ' ',
]
const sound = (text: string) => !/[\u0000\ue0f0-\ue0f3]/.test(text)
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc
      .array(
        fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(...FRAGMENTS) },
          { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 6 }) },
        ),
        { maxLength: 9 },
      )
      .map((parts) => parts.join('')),
    fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 9 }).map((parts) => parts.join('\n')),
  )
  .filter(sound)
const both = fc.record({ en: text, zh: text }, { requiredKeys: [] })
const example = fc.record({ prompt: both, answer: both, why: both })
const word = fc.stringMatching(/^[a-z0-9]{1,5}(-[a-z0-9]{1,4}){0,2}$/)
const names = fc.array(fc.oneof(word, text), { maxLength: 3 })
const rule: fc.Arbitrary<Rule> = fc.record({
  slug: fc.tuple(fc.constantFrom(...PRINCIPLES), word).map((parts) => parts.join('/')),
  principle: fc.constantFrom(...PRINCIPLES),
  level: fc.constantFrom('must' as const, 'should' as const, 'may' as const),
  title: both,
  statement: both,
  rationale: both,
  appliesTo: fc.record({ roles: names, categories: names }),
  good: example,
  bad: example,
  examples: fc.array(
    fc.record({
      prompt: both,
      answer: both,
      why: both,
      verdict: fc.constantFrom('good' as const, 'bad' as const),
      conversationId: fc.option(fc.uuid()),
    }),
    { maxLength: 3 },
  ),
})
const content: fc.Arbitrary<GuidelineContent> = fc.record({
  title: both,
  body: both,
  procedure: fc.uniqueArray(
    fc.record({ id: word, text: both, ranks: fc.array(fc.constantFrom('must', 'may', 'harmless', 'truthful/unknown'), { maxLength: 3 }) }),
    { maxLength: 3, selector: ({ id }) => id },
  ),
  rules: fc.uniqueArray(rule, { maxLength: 4, selector: ({ slug }) => slug }),
})

describe('a guideline as Markdown', () => {
  test('is read back as it was, whatever its texts hold', () => {
    fc.assert(
      fc.property(content, fc.constantFrom(...LOCALES), (given, locale) => {
        const read = fromMarkdown(toMarkdown(given, locale), locale)
        expect(read.faults).toEqual([])
        expect(read.content).toEqual(inLanguage(given, locale))
      }),
      { numRuns: 200 },
    )
  }, 120_000)

  test.each(LOCALES)('the shipped guideline reads as Markdown that people can edit, in %s', (locale) => {
    const written = toMarkdown(shipped, locale)
    expect(fromMarkdown(written, locale)).toEqual({ content: inLanguage(shipped, locale), faults: [] })
    expect(written).not.toMatch(/verbatim|json example/)
    // The line ends of Windows change nothing.
    expect(fromMarkdown(written.replaceAll('\n', '\r\n'), locale).content).toEqual(inLanguage(shipped, locale))
  })

  test('a level, a principle that the name does not say, and what the rule applies to stand behind the heading', () => {
    const {
      rules: [first],
    } = shipped
    if (!first) throw new Error('the shipped guideline has no rule')
    const odd: Rule = {
      ...first,
      slug: 'truthful/odd',
      principle: 'style',
      appliesTo: { roles: ['user', 'assistant'], categories: ['open-qa', 'in a room'] },
    }
    const [heading] = /^## .*$/m.exec(toMarkdown({ ...shipped, body: {}, procedure: [], rules: [odd] }, 'en')) ?? []
    expect(heading).toBe(
      '## Answer the question they meant {#truthful/odd level=must principle=style roles="user, assistant" categories="[\\"open-qa\\",\\"in a room\\"]"}',
    )
  })
})

const SPEC = `# Purpose {#purpose}

What this is for. See [the rest](#be_kind) and [?](#no_guessing).

## A principle {#a_principle}

It has no level and is text.

### Be kind {#be_kind authority=guideline}

Say it kindly, not [?](#no_guessing).

**Example**: a slip of the pen

~~~xml
<developer>
You help a baker.
</developer>
<user>
How much flower for a loaf?
</user>
<comparison>
<assistant> <!-- BAD: mocks -->
Flowers do not rise.
</assistant>
<assistant> <!-- GOOD -->
500 g of flour.
</assistant>
<assistant> <!-- BAD[#no_guessing]: guesses -->
A bunch.
</assistant>
</comparison>
<user>
And water?
</user>
<comparison>
<assistant> <!-- GOOD -->
350 g.
</assistant>
</comparison>
~~~

It holds after an example too.

#### A part of it {#part}

Still the same rule.

!!! meta "Commentary"
    People stay where they are treated well.

    That is all.

### No guessing {#no_guessing authority=root}

\`\`\`python
# not a heading {#nor/a-rule}
\`\`\`

# When rules conflict {#conflicts}

1. Look for an answer that keeps both:
   a refusal with a way on.
2. Then the higher level wins.

# Afterword

Thanks.
`

describe('a text in the shape of the Model Spec', () => {
  const { content: read, faults } = fromMarkdown(SPEC, 'en', 'truthful')

  test('its headings with an authority become rules, the others stay text', () => {
    expect(faults).toEqual([])
    expect(read.rules.map(({ slug, level, principle }) => [slug, level, principle])).toEqual([
      ['truthful/be-kind', 'may', 'truthful'],
      ['truthful/no-guessing', 'must', 'truthful'],
    ])
    expect(read.body.en).toBe(
      '# Purpose\n\nWhat this is for. See [the rest](#truthful/be-kind) and [No guessing](#truthful/no-guessing).\n\n## A principle\n\nIt has no level and is text.\n\n# Afterword\n\nThanks.',
    )
    expect(read.title).toEqual({})
  })

  test('a rule has its words, its commentary as the reason, and every answer of its comparisons', () => {
    const [kind, guess] = read.rules
    expect(kind?.statement.en).toBe(
      'Say it kindly, not [No guessing](#truthful/no-guessing).\n\nIt holds after an example too.\n\n#### A part of it\n\nStill the same rule.',
    )
    expect(kind?.rationale.en).toBe('People stay where they are treated well.\n\nThat is all.')
    expect(kind?.good).toMatchObject({ answer: { en: '500 g of flour.' }, why: { en: 'a slip of the pen' } })
    expect(kind?.bad).toMatchObject({ answer: { en: 'Flowers do not rise.' }, why: { en: 'mocks' } })
    expect(kind?.examples.map(({ verdict, answer, why }) => [verdict, answer.en, why.en])).toEqual([
      ['bad', 'A bunch.', '[#no_guessing] guesses'],
      ['good', '350 g.', 'a slip of the pen'],
    ])
    expect(kind?.good.prompt.en).toContain('You help a baker.')
    expect(kind?.examples[1]?.prompt.en).toContain('And water?')
    expect(guess?.statement.en).toContain('# not a heading {#nor/a-rule}')
  })

  test('an ordered list under the heading of conflicts becomes its steps', () => {
    expect(read.procedure).toEqual([
      { id: 'step-1', text: { en: 'Look for an answer that keeps both:\na refusal with a way on.' }, ranks: [] },
      { id: 'step-2', text: { en: 'Then the higher level wins.' }, ranks: [] },
    ])
  })

  test('and is read back from its own export', () => {
    expect(fromMarkdown(toMarkdown(read, 'en'), 'en').content).toEqual(read)
    expect(guidelineFaults({ ...read, title: { en: 'A title' } }).map(({ message }) => message)).toEqual([])
  })
})

describe('what cannot be read is said by line, heading and cure', () => {
  test.each([
    ['a name that no rule can have', '# T\n\n## Odd one {#Truthful/Odd level=must}\n', 3, 'Odd one', 'e.g. {#truthful/unknown level=must}'],
    ['an unknown level', '# T\n\n## A {#style/a level=maybe}\n', 3, 'A', 'write level=must'],
    ['an unknown principle', '# T\n\n## A {#style/a principle=kind}\n', 3, 'A', 'write principle=helpful'],
    ['an unknown attribute', '# T\n\n## A {#style/a lvl=must}\n', 3, 'A', 'a rule has no “lvl”'],
    ['a rule without a name', '# T\n\n## A {level=must}\n\nWords.\n', 3, 'A', 'write {#principle/name'],
    ['braces that stay open', '# T\n\n## A {#style/a level="must}\n', 3, 'A {#style/a level="must}', 'close quotes and brace'],
    ['the same rule twice', '# T\n\n## A {#style/a}\n\n## B {#style/a}\n', 5, 'B', 'stands already in line 3'],
    ['a comparison left open', '## A {#style/a}\n\n~~~xml\n<comparison>\n<assistant>\nx\n~~~\n', 3, 'A', 'lines of their own'],
    [
      'an answer without a verdict',
      '## A {#style/a}\n\n~~~xml\n<comparison>\n<assistant>\nx\n</assistant>\n</comparison>\n~~~\n',
      3,
      'A',
      '<!-- GOOD -->',
    ],
    ['a block that is never closed', '## A {#style/a}\n\n~~~xml\n<user>\nx\n', 3, 'A', 'never closed'],
    ['an example that is no JSON', '## A {#style/a}\n\n~~~json example\n[{\n~~~\n', 3, 'A', 'no JSON; write [{"verdict":"good"'],
    ['an example that is no list', '## A {#style/a}\n\n~~~json example\n{}\n~~~\n', 3, 'A', 'write [{"verdict":"good"'],
    ['a list of no examples', '## A {#style/a}\n\n~~~json example\n[]\n~~~\n', 3, 'A', 'write [{"verdict":"good"'],
    ['an example that is nothing', '## A {#style/a}\n\n~~~json example\n[null]\n~~~\n', 3, 'A', 'write [{"verdict":"good"'],
    ['an example of an unknown verdict', '## A {#style/a}\n\n~~~json example\n[{"verdict":"GOOD"}]\n~~~\n', 3, 'A', '0.verdict'],
    ['a text in JSON that is none', '## A {#style/a}\n\n~~~json verbatim\n{}\n~~~\n', 3, 'A', 'a text in double quotes'],
    ['a list that holds more than names', '## A {#style/a roles="[{}]"}\n\nx\n', 1, 'A', 'write roles="one, two"'],
    ['a character that no text holds', '# T\n\n~~~json verbatim\n"\\u0000"\n~~~\n\n## A {#style/a}\n', 1, 'T', 'body.en contains a NUL character'],
    ['the same in a title', '# {#guideline title="\\ud800"}\n\n## A {#style/a}\n', 1, '\ufffd', 'title.en contains half of a surrogate pair'],
    ['the same in a name', '## A {#style/a roles="[\\"\\\\u0000\\"]"}\n', 1, 'A', 'appliesTo.roles.0 contains a NUL character'],
    ['more answers than a rule shows', `## A {#style/a}\n\n~~~xml\n${'<comparison>\n</comparison>\n'.repeat(60)}~~~\n`, 3, 'A', 'at most 52'],
    ['lists within lists without end', `## A {#style/a}\n\n${'- '.repeat(20_000)}a\n`, 3, '', 'nothing is read that deep'],
    ['a step that ranks what is nothing', '## 1 {#conflicts/a ranks=kindness}\n\nx\n', 1, 'Step 1 (a)', 'must be a level'],
    ['two steps of one name', '## 1 {#conflicts/a}\n\nx\n\n## 2 {#conflicts/a}\n\ny\n', 5, 'Step 2 (a)', 'choose another'],
  ])('%s', (_name, source, line, heading, words) => {
    const { faults } = fromMarkdown(source, 'en')
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatchObject({ line, heading, message: expect.stringContaining(words) })
  })
})
