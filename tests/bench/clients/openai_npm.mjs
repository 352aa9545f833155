// openai's own client for JavaScript.
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { OpenAI, toFile } = require("openai");
const client = new OpenAI({ timeout: 120_000 });
const asked = [{ role: "user", content: "What is the weather in Paris?" }];
const parameters = { type: "object", properties: { city: { type: "string", enum: ["Paris", "Oslo"] } }, required: ["city"] };

async function tried(what, act) {
  try {
    console.log(`ok ${what}: ${String(await act()).slice(0, 70)}`);
  } catch (error) {
    console.log(`no ${what}: ${String(error).slice(0, 200)}`);
  }
}

await tried("chat", async () => (await client.chat.completions.create({ model: "gpt-4o-mini", messages: asked, max_tokens: 12 })).choices[0].message.content);
await tried("stream", async () => {
  let text = "";
  for await (const part of await client.chat.completions.create({ model: "gpt-4o-mini", messages: asked, max_tokens: 12, stream: true })) text += part.choices[0]?.delta?.content ?? "";
  return text;
});
await tried("tool", async () => JSON.stringify((await client.chat.completions.create({ model: "gpt-4o", messages: asked, tools: [{ type: "function", function: { name: "weather", parameters } }], tool_choice: "required", max_tokens: 200 })).choices[0].message.tool_calls[0].function));
await tried("response", async () => (await client.responses.create({ model: "gpt-4o", input: "Say tea.", max_output_tokens: 12 })).output_text);
await tried("response stream", async () => (await client.responses.stream({ model: "gpt-4o", input: "Tea", max_output_tokens: 300 }).finalResponse()).status);
await tried("vectors", async () => (await client.embeddings.create({ model: "text-embedding-3-small", input: "tea" })).data[0].embedding.length);
await tried("speech", async () => (await (await client.audio.speech.create({ model: "tts-1", voice: "alloy", input: "Tea." })).arrayBuffer()).byteLength);
await tried("transcription", async () => {
  const said = await client.audio.speech.create({ model: "tts-1", voice: "alloy", input: "Tea for everybody.", response_format: "wav" });
  return (await client.audio.transcriptions.create({ model: "whisper-1", file: await toFile(said, "tea.wav") })).text;
});
await tried("picture", async () => (await client.images.generate({ model: "gpt-image-1", prompt: "a tea bar", size: "512x512" })).data[0].b64_json.length);
