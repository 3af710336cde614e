import '@testing-library/jest-dom';
import { configure } from '@testing-library/react';

// A stop for what never shows up; a busy machine needs more than a second.
configure({ asyncUtilTimeout: 20_000 });
