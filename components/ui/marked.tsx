type Props = { text: string; marks: readonly (readonly [from: number, to: number])[] }

/** A text with what was found in it marked. Ranges are `[from, to)`, in order and apart. */
export function Marked({ text, marks }: Props) {
  const ends = [0, ...marks.map(([, to]) => to)]
  return (
    <>
      {marks.map(([from, to], index) => (
        <span key={from}>
          {text.slice(ends[index], from)}
          <mark className="rounded-sm bg-accent-soft text-inherit">{text.slice(from, to)}</mark>
        </span>
      ))}
      {text.slice(ends.at(-1))}
    </>
  )
}
