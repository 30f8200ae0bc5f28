// GetApplications and GetAccountInfo.
import { formatDate } from './dates.ts';
import type { MethodCall } from './method-call.ts';
import { pageOf } from './paging.ts';
import { optionalNumber } from './parameters.ts';
import { listIn, numberIn, type JsonObject } from './shapes.ts';

/** A page of the account's applications. The name matches a part of the full name. */
export function getApplications(call: MethodCall): JsonObject {
  const { switches } = call;
  const id = optionalNumber(call, 'application_id', 116);
  const part = (call.parameters.get('application_name') ?? '').toLowerCase();
  const matching = call.account.applications.filter(
    (application) =>
      (id === undefined || application.id === id) && application.fullName.toLowerCase().includes(part),
  );
  const page = pageOf(call, matching, call.number);
  const rows = page.rows.map((application) => ({
    application_id: numberIn(application.id, switches),
    application_name: application.fullName,
    modified: formatDate(application.modified, switches.timezoneOffsetMinutes),
    secure_record_storage: false,
  }));
  return listIn(page, rows, switches);
}

/** The account itself: works with any role. */
export function getAccountInfo(call: MethodCall): JsonObject {
  const { account, switches } = call;
  const address = switches.apiAddress === 'own' ? call.address : switches.apiAddress;
  return {
    result: {
      account_id: numberIn(account.id, switches),
      account_name: account.name,
      account_email: account.email,
      created: formatDate(account.created, switches.timezoneOffsetMinutes),
      active: switches.accountActive,
      frozen: switches.accountFrozen,
    },
    ...(address === '' ? {} : { api_address: address }),
  };
}
