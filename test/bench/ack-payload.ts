import examples from '@octokit/webhooks-examples' with { type: 'json' };

/** What the load process puts into GitHub's own example of `issues.labeled`. */
export interface PayloadOrder {
  readonly installationId: number;
  readonly repository: string;
  readonly label: string;
  readonly sender: string;
  /** Long enough for the size of a usual payload. */
  readonly bodyLength: number;
}

type Json = { [key: string]: unknown };

/** A payload for an issue, as text. About 15 KB with a body of 2,500 letters. */
export function labeledPayload(order: PayloadOrder, issueNumber: number): string {
  const { issue, label, repository, sender, ...rest } = example();
  const [owner = '', name = ''] = order.repository.split('/');
  return JSON.stringify({
    ...rest,
    issue: {
      ...issue,
      number: issueNumber,
      title: `Totals are off by one cent (${issueNumber})`,
      body: 'The total is wrong. '.repeat(order.bodyLength / 20),
    },
    label: { ...label, name: order.label },
    repository: {
      ...repository,
      name,
      full_name: order.repository,
      owner: { ...(repository.owner as Json), login: owner },
    },
    sender: { ...sender, login: order.sender, type: 'User' },
    installation: { id: order.installationId, node_id: 'MDIzOkludGVncmF0aW9uSW5zdGFsbGF0aW9uMQ==' },
  });
}

function example(): Record<'issue' | 'label' | 'repository' | 'sender', Json> {
  // Its types describe a module; what Node loads is the list itself.
  const events = examples as unknown as readonly { readonly name: string; readonly examples: readonly Json[] }[];
  const issues = events.find(({ name }) => name === 'issues');
  const labeled = issues?.examples.find(({ action }) => action === 'labeled');
  if (labeled === undefined) throw new Error('the examples hold no issues.labeled');
  return labeled as Record<'issue' | 'label' | 'repository' | 'sender', Json>;
}
