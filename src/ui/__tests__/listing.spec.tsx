import { render, screen } from '@testing-library/react';

import { VirtualList } from '../virtualList';

const list = (listing: string, items = ['a', 'b', 'c']): JSX.Element => (
  <VirtualList
    label="Letters"
    items={items}
    keyOf={item => item}
    textOf={item => item}
    rowLabel={item => item}
    renderRow={item => item}
    rowHeight={20}
    selected={null}
    onSelect={() => undefined}
    onOpen={() => undefined}
    listing={listing}
  />
);

describe('listing of a virtual list', () => {
  it('begins at the top when it is another one, stays while it fills', () => {
    const { rerender } = render(list('by name'));
    const box = screen.getByRole('listbox');
    box.scrollTop = 40;
    rerender(list('by name', ['a', 'b', 'c', 'd']));
    expect(box.scrollTop).toBe(40);
    rerender(list('by age'));
    expect(box.scrollTop).toBe(0);
  });
});
