// An assistant that says it is another one: the commonest stain of text that a model wrote.
import { type Hit, hitsOf } from './finding.ts'

const ASSISTANTS = [
  'chatgpt',
  'gpt-?[345](?:[.-]?\\w+)?',
  'gemini',
  'bard',
  'claude',
  'copilot',
  'cortana',
  'bing chat',
  'siri',
  'alexa',
  'llama ?\\d?',
  'mistral',
  'deepseek',
  'qwen',
  'grok',
  'kimi',
  'ernie bot',
  'smollm',
]
const MAKERS = [
  'openai',
  'google',
  'anthropic',
  'microsoft',
  'meta',
  'amazon',
  'apple',
  'mistral ai',
  'deepseek',
  'alibaba',
  'baidu',
  'xai',
  'moonshot',
  'hugging ?face',
]
const ASSISTANTS_ZH = ['通义千问', '千问', '文心一言', '豆包', '讯飞星火', '智谱清言', '月之暗面', '小爱同学', '天猫精灵']
const MAKERS_ZH = ['阿里巴巴', '阿里云', '百度', '字节跳动', '腾讯', '华为', '科大讯飞', '智谱', '深度求索', '谷歌', '微软']

const either = (names: readonly string[]) => names.join('|')

const SENTENCES = [
  // "I am ChatGPT", "I'm Claude, …", "my name is Bard", "as ChatGPT, I …"; "I am not ChatGPT" does not match.
  `\\b(?:i am|i['’]m|i was|my name is|call me|known as|this is|speaking as)\\s+(?:the |an? |really |actually |just )*(?:(?:ai|language|large language|virtual) )*(?:assistant |model |chatbot )*(?:called |named )?(?<name>${either(ASSISTANTS)})(?![\\w-])`,
  `\\bas (?<name2>${either(ASSISTANTS)}),`,
  // "a language model trained by OpenAI", "I was created by Google": said of the speaker, within a sentence.
  `\\b(?:i was|i am|i['’]m|i(?: ha|['’])ve been)\\b[^.!?\\n]{0,60}?\\b(?:created|made|built|trained|developed|designed|owned)\\s+by\\s+(?:the )?(?<maker>${either(MAKERS)})(?![\\w-])`,
  `\\b(?:as )?an? (?:ai|large)?\\s?(?:language )?(?:model|assistant|chatbot) (?:created|made|built|trained|developed|designed) by (?<maker2>${either(MAKERS)})(?![\\w-])`,
  `我(?:就)?(?:是|叫|的名字是|名叫)[^，。！？\\n不在]{0,12}?(?<name3>${either([...ASSISTANTS, ...ASSISTANTS_ZH])})`,
  `(?:我|助手|模型)[^。！？\\n]{0,30}?由\\s?(?<maker3>${either([...MAKERS, ...MAKERS_ZH])})[^。！？\\n]{0,10}?(?:开发|训练|创建|打造|研发|推出|提供)`,
]
const CLAIM = new RegExp(SENTENCES.map((sentence) => `(?:${sentence})`).join('|'), 'giu')
const DENIED = /\b(?:not|n['’]t|never|neither|nor)\b|不是|并非|没有/i

/** Claims to be, or to come from, somebody else; a name the project itself bears is nobody else's. */
export function findForeignIdentity(text: string, ownNames: readonly string[]): Hit[] {
  const own = ownNames.map((name) => name.trim().toLowerCase()).filter(Boolean)
  return hitsOf(text, CLAIM, ({ 0: found, groups = {} }) => {
    const name = Object.values(groups).find(Boolean) ?? ''
    if (DENIED.test(found) || own.some((mine) => name.toLowerCase().includes(mine) || mine.includes(name.toLowerCase()))) return null
    return { name }
  })
}
