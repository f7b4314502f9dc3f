import { describe, expect, test } from 'vitest'
import { parseJson } from '#lib/domain/sft/jinja/json.ts'
import { floatRepr, toJson } from '#lib/domain/sft/jinja/print.ts'
import { plain } from '#lib/domain/sft/jinja/values.ts'
import { compileTemplate, TemplateError, TemplateRefusal } from '#lib/domain/sft/template.ts'
import { message, weather } from './fixtures.ts'

const render = (source: string, content = '', options: Parameters<typeof compileTemplate>[1] = {}): string =>
  compileTemplate(source, options).render({ messages: [message('user', content)], tools: [weather] }).text

// Every expected value is what Python's jinja2 prints under transformers' settings.
describe('a template means what it means in Python', () => {
  const content = '\uFEFF\u001C x \u0085\uFEFF'
  test.each([
    ['{{ messages[0].content | trim }}', content, content],
    ['{{ messages[0].content.strip() }}', ' \u001C\u0085x\u3000', 'x'],
    ["{{ messages[0].content.strip('\\n') }}", '\n x \n', ' x '],
    ["{{ messages[0].content.lstrip('ab') }}", 'abcab', 'cab'],
    ['{{ messages[0].content | length }}', '😀a', '2'],
    ['{{ messages[0].content[1:] }}', '😀ab', 'ab'],
    ['{{ messages[0].content[::-1] }}', '😀ab', 'ba😀'],
    ['{{ none }}|{{ true }}|{{ nothing }}|{{ 1.0 }}|{{ 7 // 2 }}|{{ -7 % 3 }}|{{ 7 / 2 }}', '', 'None|True||1.0|3|2|3.5'],
    ['{{ [1, "a\'b", none, true, 2.50] }}', '', '[1, "a\'b", None, True, 2.5]'],
    ['{{ {"a": [1], "b": "x"} }}', '', "{'a': [1], 'b': 'x'}"],
    ["{{ 'a' ~ 1 ~ none }}", '', 'a1None'],
    ['{% set x = 1 %}{% for i in [1, 2] %}{{ x }}{% set x = 9 %}{% endfor %}{{ x }}', '', '111'],
    ['{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}', '', '3'],
    ['{% for a in [1, 2, 3, 4] if a % 2 == 0 %}{{ loop.index }}{{ a }}{% if not loop.last %},{% endif %}{% endfor %}', '', '12,24'],
    ['{% for a in [] %}x{% else %}empty{% endfor %}', '', 'empty'],
    ['{% for a in [1, 2, 3] %}{% if a == 2 %}{% continue %}{% endif %}{{ a }}{% if a == 3 %}{% break %}{% endif %}{% endfor %}', '', '13'],
    ["{% macro m(a, b=none) %}{{ a }}-{{ b }}{% endmacro %}{{ m('x') }} {{ m(none, 2) }}", '', 'x-None None-2'],
    ['{% macro m() %}[{{ caller() }}]{% endmacro %}{% call m() %}in{% endcall %}', '', '[in]'],
    ["{{ messages | map(attribute='role') | join('+') }}{{ messages | selectattr('role', 'eq', 'tool') | list | length }}", '', 'user0'],
    ["{{ (messages[0].absent or 'd') }}{{ messages[0].absent is defined }}{{ messages[0].absent | default('e') }}", '', 'dFalsee'],
    ["{{ messages[0].get('absent') }}{{ messages[0].get('absent', 'f') }}{{ messages[0]['content'] }}", 'c', 'Nonefc'],
    ["{{ '%s-%s' % ('a', 1) }}{{ 'a' * 3 }}{{ 'b' in 'abc' }}{{ 'x' not in ['x'] }}", '', 'a-1aaaTrueFalse'],
    ["{{ 'éa' | upper }}{{ 'aB cD' | title }}{{ 'aB' | capitalize }}{{ 'a,b' .split(',') }}", '', "ÉAAb CdAb['a', 'b']"],
    ['{{ "a\\nb\\n" | indent(2) }}|', '', 'a\n  b\n|'],
    ['{{ [3, 1, 2] | sort }}{{ [1, 2] | first }}{{ [none] | first }}{{ [1, 2] | last }}{{ [1, 1] | unique | list }}', '', '[1, 2, 3]1None2[1]'],
    ["{{ messages[0].content.split('</think>')[-1].lstrip('\\n') }}", 'a</think>\n\n b', ' b'],
    ['{{ 12345678901234567890 is number }}', '', 'True'],
  ])('%s', (source, input, expected) => {
    expect(render(source, input)).toBe(expected)
  })

  test('line ends of the template are normalised before blocks are trimmed', () => {
    expect(render('{% if true %}\r\na\r\n{% endif %}\r\nb')).toBe('a\nb')
  })

  test('a refusal carries the wording of the template', () => {
    expect(() => render("{{ raise_exception('roles must alternate') }}")).toThrow(new TemplateRefusal('roles must alternate'))
  })

  test.each([
    ['{{ nothing.more }}', "'nothing' is undefined"],
    ["{{ 'a' + 1 }}", 'can only concatenate str (not "int") to str'],
    ['{{ messages.append(1) }}', 'unsafe'],
    ['{% for i in range(1000000) %}{% endfor %}', 'Range too big'],
    ['{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}', 'loop iterations'],
    ["{{ 'a' * 99999999 }}", 'too large'],
  ])(
    '%s fails as in Python',
    (source, reason) => {
      const attempt = (): unknown => {
        try {
          return render(source)
        } catch (error) {
          return error
        }
      }
      const error = attempt()
      expect(error).toBeInstanceOf(TemplateError)
      expect(error).toHaveProperty('message', expect.stringContaining(reason))
    },
    30_000,
  )

  test.each(['{% if %}', '{{ a | nofilter }}', '{{ a is notest }}', '{% include "x" %}'])('%s does not compile', (source) => {
    expect(() => compileTemplate(source)).toThrow(TemplateError)
  })

  test('JavaScript is out of reach', () => {
    expect(render("{{ messages[0].constructor }}|{{ 'a'.constructor }}|{{ messages.__proto__ }}")).toBe('||')
  })

  test('the date is the pinned one, in the C locale', () => {
    const source = "{{ strftime_now('%d %b %Y, %A %-d %B %y %j') }}"
    expect(render(source, '', { pinnedDate: '2024-07-06' })).toBe('06 Jul 2024, Saturday 6 July 24 188')
    expect(compileTemplate(source).usesDate).toBe(true)
  })

  test('special tokens may be objects, and kwargs are variables', () => {
    const options = { tokens: { bos_token: { content: '<s>' }, eos_token: '</s>', pad_token: null }, kwargs: { enable_thinking: false, n: 1 } }
    expect(render('{{ bos_token }}{{ eos_token }}{{ pad_token }}{{ enable_thinking }}{{ n }}', '', options)).toBe('<s></s>False1')
  })
})

describe('JSON keeps what Python keeps', () => {
  const style = { indent: null, ensureAscii: false, sortKeys: false, separators: null }
  test.each([
    ['{"a":1.0,"b":12345678901234567890,"c":[]}', '{"a": 1.0, "b": 12345678901234567890, "c": []}'],
    ['[1e5,1E-7,1.50,-0,-0.0,1e16,1e22,123456.789e3]', '[100000.0, 1e-07, 1.5, 0, -0.0, 1e+16, 1e+22, 123456789.0]'],
    ['{"é":"\\u00e9\\n\\u007f\\"","a":1,"é":2}', '{"é": 2, "a": 1}'],
    ['"\\/\\t\\u2028"', '"/\\t\u2028"'],
    ['[true,false,null,{}]', '[true, false, null, {}]'],
  ])('%s', (text, expected) => {
    expect(plain(toJson(parseJson(text), style))).toBe(expected)
  })

  test('styles of json.dumps', () => {
    const value = parseJson('{"b":[1,{}],"a":"é"}')
    expect(plain(toJson(value, { ...style, indent: 2 }))).toBe('{\n  "b": [\n    1,\n    {}\n  ],\n  "a": "é"\n}')
    expect(plain(toJson(value, { ...style, ensureAscii: true, sortKeys: true, separators: [',', ':'] }))).toBe('{"a":"\\u00e9","b":[1,{}]}')
  })

  test.each(['{', '[1,]', '01', "{'a':1}", '{"a" 1}', 'nul', '"a', '1 2', '', '\u00a01'])('%j is not JSON', (text) => {
    expect(() => parseJson(text)).toThrow(TemplateError)
  })

  test.each([
    [0.1, '0.1'],
    [1e15, '1000000000000000.0'],
    [123456789012345680, '1.2345678901234568e+17'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [Number.POSITIVE_INFINITY, 'inf'],
  ])('repr(%d)', (value, expected) => {
    expect(floatRepr(value)).toBe(expected)
  })
})
