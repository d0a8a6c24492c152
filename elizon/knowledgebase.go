package elizon

import (
	"context"
	"iter"

	"github.com/provkit/provkit/provider"
)

// KnowledgeBaseService reads the help articles. It sends no credentials.
type KnowledgeBaseService struct{ c *Client }

// Article is a help text.
type Article struct {
	ID    string `wire:"id,required"`
	Slug  string `wire:"slug"`
	Title string `wire:"title"`
	// Category is undocumented: a name, or an object.
	Category provider.Payload `wire:"category"`
	// Content may be "".
	Content string `wire:"content"`
	// More fields that the answer contains.
	More map[string]provider.Payload `wire:",extra"`
}

// Articles yields the help articles: GET /api/knowledge-base. lang is a language such as "en"; ""
// is the platform's default.
func (s *KnowledgeBaseService) Articles(ctx context.Context, lang string) iter.Seq2[*Article, error] {
	return all[Article](ctx, s.c.ask(articlesList).arg("lang", lang), "articles")
}
