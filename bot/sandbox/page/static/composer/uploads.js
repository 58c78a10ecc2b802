/** Files of one's own, as the server takes them. */

const LARGEST = 10 * 1024 * 1024; // Discord's limit without a boosted server

/**
 * A file as an Upload of protocol.py.
 *
 * @param {File} file
 * @returns {Promise<{name: string, type: string, data: string}>}
 * @throws {Error} if it is larger than Discord allows.
 */
export async function upload(file) {
  if (file.size > LARGEST) throw new Error("Your files are too powerful. Max file size: 10 MB");
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Error(`${file.name} cannot be read.`));
    reader.readAsDataURL(file);
  });
  return {
    name: file.name,
    type: file.type || "application/octet-stream",
    data: address.slice(address.indexOf(",") + 1),
  };
}
