import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { stacks } from '../../src/domain/stack.ts';
import { sandboxTemplate } from '../../src/steps/starter-files.ts';
import { nodesOf, parseMarkdown } from '../../src/thread/markdown-tree.ts';
import { onboardingBody, readyText, type SetUp } from '../../src/thread/onboarding-text.ts';

const templates = Object.fromEntries(stacks.map((stack) => [stack, sandboxTemplate(stack)])) as SetUp['templates'];
const setUp = (facts: Partial<SetUp> = {}): SetUp => ({
  webUrl: 'https://github.test/acme/shop',
  defaultBranch: 'main',
  policy: defaultPolicy,
  sandbox: { kind: 'missing' },
  stack: 'node',
  templates,
  ...facts,
});

function nodesIn(markdown: string) {
  const root = parseMarkdown(markdown);
  if (root === null) throw new Error('the text has no tree');
  return [...nodesOf(root, markdown)];
}

describe('the text of the pull request', () => {
  it('says what a fix can cost, by the numbers that hold', () => {
    const budget = { ...defaultPolicy.budget, usd: 7, attempts: 3, minutes: 45 };

    const body = onboardingBody(setUp({ policy: { ...defaultPolicy, budget } }));

    expect(body).toContain('$7, 3 attempts or 45 minutes');
  });

  it.each<[string, Partial<SetUp>, string]>([
    [
      'nothing is missing',
      { sandbox: { kind: 'usable' } },
      'Nothing: `.github/workflows/ai-fix-sandbox.yml` is there.',
    ],
    [
      'the workflow is foreign',
      { sandbox: { kind: 'foreign', reason: 'reads secrets' } },
      'cannot use it: reads secrets.',
    ],
    [
      'it goes by another name',
      { policy: { ...defaultPolicy, sandboxWorkflow: 'box.yml' } },
      '`.github/workflows/box.yml`',
    ],
  ])('says so where %s', (_what, facts, words) => {
    expect(onboardingBody(setUp(facts))).toContain(words);
  });

  it.each(['a`b](http://evil.test)@alice', "release/1.0)](x'&`#%", '`', '**', '![x](y)'])(
    'is not led astray by a default branch called %s',
    (defaultBranch) => {
      const nodes = nodesIn(onboardingBody(setUp({ defaultBranch })));

      const links = nodes.flatMap((node) => (node.type === 'link' ? [new URL(node.url)] : []));
      // The file filled in, and an empty one for the whole text.
      expect(links).toHaveLength(2);
      expect(new Set(links.map(({ host }) => host))).toEqual(new Set(['github.test']));
      for (const { pathname } of links) expect(decodeURIComponent(pathname)).toBe(`/acme/shop/new/${defaultBranch}`);
      const html = nodes.flatMap((node) => (node.type === 'html' ? [node.value.replaceAll('\n', '')] : []));
      expect(html).toEqual(['<details><summary>The whole file, to paste</summary>', '</details>']);
      expect(nodes.some(({ type }) => type === 'image')).toBe(false);
    },
  );

  it('is not led astray by what a foreign workflow made us say', () => {
    const reason = 'has a job `x` @alice <img src="https://evil.test/x"> [y](https://evil.test) closes #1.\n\n# Big';

    const text = readyText(setUp({ sandbox: { kind: 'foreign', reason } }));

    const nodes = nodesIn(text);
    expect(nodes.some(({ type }) => ['image', 'html', 'link', 'heading'].includes(type))).toBe(false);
    expect(text).not.toContain('@alice');
  });

  it.each(stacks)('holds the whole workflow for %s, fixers and all, beside the link that leaves them out', (stack) => {
    const body = onboardingBody(setUp({ stack }));

    const nodes = nodesIn(body);
    expect(nodes.flatMap((node) => (node.type === 'code' ? [`${node.value}\n`] : []))).toEqual([templates[stack]]);
    const addresses = nodes.flatMap((node) => (node.type === 'link' ? [new URL(node.url).searchParams] : []));
    expect(addresses.map((query) => query.get('filename'))).toEqual(
      Array(2).fill('.github/workflows/ai-fix-sandbox.yml'),
    );
    expect(addresses.map((query) => /fixers/.test(query.get('value') ?? ''))).toEqual([false, false]);
    expect(body).toContain('What it fills in leaves out fixers');
  });

  it('speaks of no rest where the address holds the whole file', () => {
    const body = onboardingBody(setUp({ templates: { ...templates, node: 'name: ai-fix sandbox\n' } }));

    expect(body).not.toContain('leaves out');
  });

  it('stays within what GitHub takes, with a link for each stack', () => {
    const body = onboardingBody(setUp({ stack: null, defaultBranch: 'x'.repeat(250) }));

    expect(nodesIn(body).filter(({ type }) => type === 'link')).toHaveLength(stacks.length);
    expect(body.length).toBeLessThan(50_000);
    expect(body).toContain('npx ai-fix init --stack node|python|go|java|rust');
  });
});
