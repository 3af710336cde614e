import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { nullTranslator } from '@jupyterlab/translation';

import {
  describeError,
  isRetryable,
  RelayError,
  upstreamError
} from '../index';
import { parseDenial } from '../describeAws';

const trans = nullTranslator.load('sagemaker_governance');

function aws(name: string, message: string, httpStatusCode = 400): Error {
  const error = new Error(message);
  error.name = name;
  return Object.assign(error, {
    $metadata: { httpStatusCode, requestId: 'req-1', attempts: 1 }
  });
}

const DENIED =
  'User: arn:aws:sts::111122223333:assumed-role/SageMakerGovernanceReader/rd-001 is not authorized to perform: sagemaker:UpdateModelPackage on resource: arn:aws:sagemaker:eu-west-1:111122223333:model-package/a/1 because no identity-based policy allows the sagemaker:UpdateModelPackage action';

describe('describeError', () => {
  it.each([
    ['unknown_connection', 'reload', false],
    ['operation_not_allowed', 'none', false],
    ['path_not_allowed', 'none', false],
    ['bad_path', 'none', false],
    ['cross_site', 'reload', false],
    ['credentials_unavailable', 'retry', false],
    ['credentials_expired', 'retry', true],
    ['assume_role_denied', 'retry', false],
    ['secret_unavailable', 'retry', false],
    ['upstream_unreachable', 'retry', true],
    ['upstream_timeout', 'retry', true],
    ['upstream_closed', 'retry', true],
    ['upstream_not_json', 'retry', false],
    ['upstream_login_page', 'retry', false],
    ['upstream_redirect', 'retry', false],
    ['upstream_unauthorized', 'retry', false],
    ['upstream_forbidden', 'retry', false],
    ['upstream_wrong_path', 'retry', false],
    ['upstream_too_large', 'none', false],
    ['upstream_refused', 'retry', false],
    ['server_not_running', 'retry', false],
    ['no_ui_assets', 'retry', false],
    ['no_twin', 'none', false],
    ['no_artifact', 'none', false],
    ['too_large', 'none', false],
    ['no_space', 'retry', false],
    ['read_only', 'none', false],
    ['not_a_fetch', 'reload', false],
    ['unknown_route', 'reload', false],
    ['method_not_allowed', 'reload', false],
    ['bad_request', 'none', false],
    ['internal', 'retry', false],
    ['not_installed', 'retry', false],
    ['network', 'retry', true],
    ['signed_out', 'sign-in', false]
  ])('says relay code %s with action %s', (code, action, retryable) => {
    const problem = describeError(
      new RelayError({ code, message: 'm', connection: 'claims', status: 502 }),
      trans
    );
    expect(problem.action).toBe(action);
    expect(problem.retryable).toBe(retryable);
    expect(problem.title).not.toBe('Request failed');
    expect(problem.details).toContain(code);
    expect(problem.details).toContain('claims');
  });

  it.each([
    ['upstream_unauthorized', 'Sign-in refused'],
    ['upstream_login_page', 'A login page came back'],
    ['upstream_redirect', 'It sends us elsewhere'],
    ['upstream_not_json', 'An unexpected page came back']
  ])('tells %s from other pages, with what the server saw', (code, title) => {
    const said = 'OpenPages sends to logon.jsp (HTTP 302).';
    const message = `wxgov: ${said}`;
    const problem = describeError(
      new RelayError({
        code,
        message,
        hint: 'Check url.',
        connection: 'wxgov'
      }),
      trans
    );
    expect(problem).toMatchObject({ title, hint: 'Check url.' });
    // Which connection it is, is said once.
    expect(problem.message).toContain(said);
    expect(problem.message.split('wxgov')).toHaveLength(2);
  });

  it('has words for every code of the server', () => {
    const codes = [
      ...readFileSync(
        join(process.cwd(), 'jupyter_ext/sagemaker_governance/errors.py'),
        'utf8'
      ).matchAll(/^ {4}"(\w+)": \d{3},$/gm)
    ].map(([, code]) => code);
    expect(codes).toContain('upstream_wrong_path');
    const without = codes.filter(
      code =>
        describeError(new RelayError({ code, message: 'm' }), trans).title ===
        'Request failed'
    );
    expect(without).toEqual([]);
  });

  it('begins with a capital letter', () => {
    const { message } = describeError(
      new RelayError({
        code: 'upstream_unreachable',
        message: 'm',
        connection: 'claims'
      }),
      trans
    );
    expect(message).toBe('Connection “claims” could not be reached. m');
  });

  it('prefers the hint of the server, which knows its configuration', () => {
    const error = new RelayError({
      code: 'assume_role_denied',
      message: 'Role X refused',
      hint: 'Check the external id of “claims”.'
    });
    expect(describeError(error, trans).hint).toBe(
      'Check the external id of “claims”.'
    );
  });

  it('still says a code that it does not know', () => {
    const error = new RelayError({ code: 'brand_new', message: 'New trouble' });
    expect(describeError(error, trans).message).toBe('New trouble');
  });

  it('names the missing action, the role and the policy', () => {
    const problem = describeError(aws('AccessDeniedException', DENIED), trans);
    expect(problem.title).toContain('UpdateModelPackage');
    expect(problem.message).toContain('sagemaker:UpdateModelPackage');
    expect(problem.message).toContain('SageMakerGovernanceReader');
    expect(problem.hint).toContain('approver.json');
    expect(problem.details).toContain('req-1');
  });

  it('names every action when a fallback was denied too', () => {
    const message = [
      'User: arn:aws:sts::1:assumed-role/R/s is not authorized to perform: sagemaker:Search on resource: *',
      'User: arn:aws:sts::1:assumed-role/R/s is not authorized to perform: sagemaker:ListModelPackageGroups on resource: *'
    ].join('\n');
    const problem = describeError(aws('AccessDeniedException', message), trans);
    expect(problem.message).toContain('sagemaker:Search');
    expect(problem.message).toContain('sagemaker:ListModelPackageGroups');
    expect(problem.hint).toContain('reader.json');
  });

  it('tells an explicit deny from a missing permission', () => {
    const message = DENIED.replace(
      'no identity-based policy allows the sagemaker:UpdateModelPackage action',
      'with an explicit deny in an identity-based policy'
    );
    const problem = describeError(aws('AccessDeniedException', message), trans);
    expect(problem.message).toContain('forbids');
    expect(problem.hint).toContain('deny');
  });

  it.each([
    ['ThrottlingException', 400, true],
    ['ExpiredTokenException', 403, false],
    ['ValidationException', 400, false],
    ['ConflictException', 400, false],
    ['ResourceNotFound', 400, false],
    ['ResourceLimitExceeded', 400, false],
    ['InternalFailure', 500, true]
  ])('says %s of AWS', (name, status, retryable) => {
    const problem = describeError(aws(name, 'text of AWS', status), trans);
    expect(problem.title).not.toBe('Something went wrong');
    expect(problem.title).not.toBe('AWS refused the request');
    expect(problem.retryable).toBe(retryable);
  });

  it('understands the errors of MLflow', async () => {
    const error = await upstreamError(
      new Response(
        JSON.stringify({
          error_code: 'RESOURCE_DOES_NOT_EXIST',
          message: 'Run with id=x not found'
        }),
        { status: 404 }
      ),
      'mlflow',
      'mlflow'
    );
    const problem = describeError(error, trans);
    expect(error.code).toBe('RESOURCE_DOES_NOT_EXIST');
    expect(problem.title).toBe('MLflow does not know it');
    expect(problem.message).toBe('Run with id=x not found');
  });

  it('keeps what an upstream said without JSON', async () => {
    const error = await upstreamError(
      new Response('<h1>Bad gateway</h1>', { status: 502 }),
      'openpages',
      'wxgov'
    );
    expect(error.details).toContain('Bad gateway');
    expect(isRetryable(error)).toBe(true);
  });

  it('says what is no error of ours at all', () => {
    expect(describeError(new Error('boom'), trans).message).toBe('boom');
    expect(describeError('text', trans).message).toBe('text');
    expect(
      describeError(new DOMException('x', 'AbortError'), trans).title
    ).toBe('Cancelled');
  });
});

describe('parseDenial', () => {
  it('finds nothing in a text without an action', () => {
    expect(parseDenial('Access denied')).toEqual({
      actions: [],
      principal: null,
      explicit: false
    });
  });

  it('reads the name of an IAM user with a path', () => {
    const text =
      'User: arn:aws:iam::111122223333:user/team/anna is not authorized to perform: sagemaker:Search';
    expect(parseDenial(text)).toEqual({
      actions: ['sagemaker:Search'],
      principal: 'anna',
      explicit: false
    });
  });
});
