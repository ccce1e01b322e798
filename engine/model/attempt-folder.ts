/** Name of the staging and of the scratch folder of an attempt. Ids hold no dot. */
export const attemptFolderName = /^(?<dag>[^.]+)\.(?<component>[^.]+)\.(?<fence>\d+)\.\d+$/;
