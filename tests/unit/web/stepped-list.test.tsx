import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { SteppedList } from '#components/ui/stepped-list.tsx'

const drawn = (count: number, total?: number) =>
  renderToStaticMarkup(
    <SteppedList
      items={Array.from({ length: count }, (_, index) => index)}
      {...(total === undefined ? {} : { total })}
      moreLabel={(left) => `${left} more`}
    >
      {(shown) => shown.map((item) => <i key={item}>{item}</i>)}
    </SteppedList>,
  )
const countOf = (html: string) => html.split('<i>').length - 1

test('of ten thousand a page is drawn, and how many are left is said', () => {
  expect(countOf(drawn(10_000))).toBe(50)
  expect(drawn(10_000)).toContain('9950 more')
  // Not all are here yet.
  expect(drawn(50, 10_000)).toContain('9950 more')
})

test('a short list is drawn whole, without a button', () => {
  expect(countOf(drawn(50))).toBe(50)
  expect(drawn(50)).not.toContain('button')
  expect(drawn(0)).toBe('')
})
