/** The portal that holds Transport Victoria's packages; data.vic.gov.au forwards to it. */
export const liveBaseUrl = 'https://opendata.transport.vic.gov.au';
