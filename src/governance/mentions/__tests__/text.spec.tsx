import { nullTranslator } from '@jupyterlab/translation';
import { render, screen } from '@testing-library/react';

import { useCase } from '../../../testing';
import { KnownUseCases } from '../find';
import { MentionText } from '../text';

const trans = nullTranslator.load('sagemaker_governance');

describe('a text of the document', () => {
  it('links what it names, and keeps every letter', () => {
    const known = new KnownUseCases([
      useCase(),
      useCase({ id: '7', key: 'CLM-014', name: 'Claims', url: null })
    ]);
    const text = 'As CREDIT-001 (not CREDIT-002), CLM-014 <b>.';
    const { container } = render(
      <MentionText text={text} known={known} trans={trans} />
    );
    expect(container.textContent).toBe(text);
    const links = screen.getAllByRole('link');
    expect(links).toHaveLength(1);
    expect(links[0]).toHaveTextContent('CREDIT-001');
    expect(links[0]).toHaveAttribute(
      'href',
      'https://console.example/task/20001'
    );
    expect(links[0]).toHaveAttribute('rel', 'noopener noreferrer');
    expect(links[0]).toHaveAttribute('target', '_blank');
    expect(links[0].title).toContain(
      'Status at the last reading: Approved for development'
    );
    // Without an address it still tells.
    expect(screen.getByText('CLM-014').title).toContain('CLM-014 Claims');
  });

  it('links names, too', () => {
    const known = new KnownUseCases([
      useCase({ key: null, name: 'Claims triage' })
    ]);
    const text = 'Made for “Claims triage”.';
    const { container } = render(
      <MentionText text={text} known={known} trans={trans} />
    );
    expect(container.textContent).toBe(text);
    expect(screen.getByRole('link')).toHaveTextContent('Claims triage');
  });
});
