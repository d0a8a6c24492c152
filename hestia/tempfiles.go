package hestia

import (
	"context"
	"strings"

	"github.com/provkit/provkit/provider"
)

// filesMakeTemp is not a script of the panel: the API itself does it.
var filesMakeTemp = sets("Files.MakeTemp", "v-make-tmp-file CONTENT!&? NAME").printing().throughFile()

// MakeTemp writes a text to /tmp on the server and returns the file's path: v-make-tmp-file.
// Packages.Add and the methods that install certificates read such files. All users of the server
// can read the file, and nothing removes it: overwrite it with an empty text when it is no longer
// needed. The panel makes the file end with a line break, whether the content does or not.
func (s *FilesService) MakeTemp(ctx context.Context, name string, content provider.Secret) (path string, err error) {
	if strings.Contains(name, "/") {
		return "", filesMakeTemp.endpoint.Refuse(quoted(name), provider.Problems{"name": "must not contain a slash"})
	}
	text := provider.NewSecret(strings.TrimSuffix(content.Reveal(), "\n"))
	if err := s.c.load(ctx, filesMakeTemp, func([]byte) error { return nil }, text, name); err != nil {
		return "", err
	}
	return "/tmp/" + name, nil
}
