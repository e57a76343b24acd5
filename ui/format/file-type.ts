/** `MP4`, `MKV`: what people call the container, from the name, else from the media type. */
export function fileType(video: { readonly name: string; readonly mediaType: string }): string {
  const extension = /\.([a-z0-9]{2,5})$/i.exec(video.name)?.[1];
  if (extension !== undefined) return extension.toUpperCase();
  return video.mediaType.replace(/^.*\/(x-)?/, '').slice(0, 8).toUpperCase();
}
