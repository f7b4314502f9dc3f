import 'katex/dist/katex.min.css'
import './markdown.css'
import type { ComponentProps } from 'react'
import ReactMarkdown from 'react-markdown'
import rehypeHighlight from 'rehype-highlight'
import rehypeKatex from 'rehype-katex'
import rehypeSanitize, { defaultSchema } from 'rehype-sanitize'
import remarkGfm from 'remark-gfm'
import remarkMath from 'remark-math'
import { classNames } from './class-names.ts'

/** What a text may contain: GitHub's list, less images, plus the classes by which math is marked. */
const SCHEMA = {
  ...defaultSchema,
  tagNames: (defaultSchema.tagNames ?? []).filter((name) => name !== 'input' && name !== 'picture' && name !== 'source'),
  attributes: {
    ...defaultSchema.attributes,
    code: [['className', /^language-./, 'math-inline', 'math-display']],
  },
  protocols: { ...defaultSchema.protocols, href: ['http', 'https', 'mailto'] },
} satisfies typeof defaultSchema

// A formula may not load, link or expand without end.
const KATEX = { trust: false, strict: 'ignore', throwOnError: false, maxExpand: 500, maxSize: 20 } as const

function Anchor({ href, children, node: _node, ...rest }: ComponentProps<'a'> & { node?: unknown }) {
  const isInside = href?.startsWith('#')
  return (
    <a
      {...rest}
      href={href}
      className="text-accent underline underline-offset-2"
      {...(isInside ? {} : { target: '_blank', rel: 'noopener noreferrer nofollow' })}
    >
      {children}
    </a>
  )
}

/** An image would make the reader's browser ask a foreign server; its address is shown as a link instead. */
function ImageLink({ src, alt }: ComponentProps<'img'>) {
  return (
    <a
      href={typeof src === 'string' ? src : undefined}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-accent underline underline-offset-2"
    >
      {alt || String(src ?? '')}
    </a>
  )
}

/** Long lines scroll inside, and what scrolls must be reachable by keys. */
const Code = ({ node: _node, ...rest }: ComponentProps<'pre'> & { node?: unknown }) => <pre tabIndex={0} {...rest} />

const COMPONENTS = { a: Anchor, img: ImageLink, pre: Code }
const REMARK = [remarkGfm, remarkMath]

/** Longer code is shown plain: colouring it would hold up the page. */
const MOST_COLOURED = 20_000

type Node = { type: string; tagName?: string; value?: string; properties?: { className?: unknown }; children?: Node[] }

const lengthOf = ({ value = '', children = [] }: Node): number => value.length + children.reduce((sum, child) => sum + lengthOf(child), 0)

/** Takes the language off long blocks of code, so that nothing tries to colour them. */
function leaveLongCodePlain() {
  const visit = (node: Node): void => {
    if (node.tagName === 'pre' && lengthOf(node) > MOST_COLOURED) {
      for (const code of node.children ?? []) if (code.properties) code.properties.className = []
    } else node.children?.forEach(visit)
  }
  return visit
}

// Sanitised before formulas are set and code is coloured: their output is trusted, the text is not.
const REHYPE = [[rehypeSanitize, SCHEMA], [rehypeKatex, KATEX], leaveLongCodePlain, rehypeHighlight] as ComponentProps<
  typeof ReactMarkdown
>['rehypePlugins']

export function MarkdownBody({ source, className, dir }: { source: string; className: string | undefined; dir: 'auto' | 'ltr' | 'rtl' }) {
  return (
    <div dir={dir} className={classNames('markdown', className)}>
      <ReactMarkdown remarkPlugins={REMARK} rehypePlugins={REHYPE} components={COMPONENTS}>
        {source}
      </ReactMarkdown>
    </div>
  )
}
