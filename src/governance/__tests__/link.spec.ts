import { taskViewUrl, titleWithoutKey, useCaseKey } from '../link';

describe('use case key', () => {
  it.each([
    [
      'CREDIT-001 Credit risk assessment',
      'CREDIT-001',
      'Credit risk assessment'
    ],
    ['AR-3 تقييم قروض الأفراد', 'AR-3', 'تقييم قروض الأفراد'],
    ['EU-AI-12: Chat bot', 'EU-AI-12', 'Chat bot'],
    ['IFRS-009 IFRS 9 default', 'IFRS-009', 'IFRS 9 default'],
    ['CREDIT-001', 'CREDIT-001', 'CREDIT-001'],
    ['Credit risk', null, 'Credit risk'],
    ['GPT-4o assistant', null, 'GPT-4o assistant'],
    ['2024-11 review', null, '2024-11 review']
  ])('of "%s"', (name, key, title) => {
    expect(useCaseKey(name)).toBe(key);
    expect(titleWithoutKey(name, key)).toBe(title);
  });
});

describe('deep link', () => {
  it.each([
    ['https://host/x/{id}', '15001', 'https://host/x/15001'],
    ['https://host/{id}?v={id}', '1', 'https://host/1?v=1'],
    ['https://host/{id}', 'a/../b?c', 'https://host/a%2F..%2Fb%3Fc'],
    ['https://host/none', '1', null],
    ['javascript:alert({id})', '1', null],
    ['https://user:secret@host/{id}', '1', null],
    ['{id}', 'https://evil', null],
    [null, '1', null]
  ])('%s with %s', (template, id, url) => {
    expect(taskViewUrl(template, id)).toBe(url);
  });
});
