package hestia

import (
	"context"
	"strings"

	"github.com/provkit/provkit/provider"
)

// filesMakeTemp is no script: the API itself does it.
var filesMakeTemp = sets("Files.MakeTemp", "v-make-tmp-file CONTENT!&? NAME").printing().throughFile()

// MakeTemp writes a text to /tmp on the server and returns the file's path:
// v-make-tmp-file. Packages.Add and the methods that install certificates read such
// files. Everybody on the server may read it, and nothing removes it: write an empty
// text over it when it has served. A line break at the end is the panel's doing,
// whether the content has one or not.
func (s *FilesService) MakeTemp(ctx context.Context, name string, content provider.Secret) (path string, err error) {
	if strings.Contains(name, "/") {
		return "", filesMakeTemp.endpoint.Refuse(quoted(name), provider.Problems{"name": "must not hold a slash"})
	}
	text := provider.Secret(strings.TrimSuffix(content.Reveal(), "\n"))
	if err := s.c.load(ctx, filesMakeTemp, func([]byte) error { return nil }, text, name); err != nil {
		return "", err
	}
	return "/tmp/" + name, nil
}
