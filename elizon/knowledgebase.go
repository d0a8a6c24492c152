package elizon

import (
	"context"
	"iter"
)

// KnowledgeBaseService reads the help articles. It sends no credentials.
type KnowledgeBaseService struct{ c *Client }

// Article is a help text.
type Article struct {
	ID    string `elizon:"id,required"`
	Slug  string `elizon:"slug"`
	Title string `elizon:"title"`
	// Category is undocumented: a name, or an object.
	Category Payload `elizon:"category"`
	// Content may be "".
	Content string `elizon:"content"`
	// More fields that the answer holds.
	More map[string]Payload `elizon:",extra"`
}

// Articles yields the help articles: GET /api/knowledge-base. lang is a language such as
// "en"; "" is the platform's default.
func (s *KnowledgeBaseService) Articles(ctx context.Context, lang string) iter.Seq2[*Article, error] {
	return all[Article](ctx, s.c.ask(articlesList).arg("lang", lang), "articles")
}
