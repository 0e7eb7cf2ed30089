import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const OUT = "src/ponte/ui/static/ponte";

/** Writes .br and .gz beside each script and style; WhiteNoise serves them as they are. */
function precompress(): Plugin {
  return {
    name: "ponte-precompress",
    apply: "build",
    closeBundle() {
      for (const name of readdirSync(OUT).filter((file) => /\.(js|css)$/.test(file))) {
        const content = readFileSync(join(OUT, name));
        writeFileSync(join(OUT, `${name}.br`), brotliCompressSync(content));
        writeFileSync(join(OUT, `${name}.gz`), gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** Builds hashed files and `manifest.json`, which Django's `{% asset %}` tag reads. */
export default defineConfig({
  base: "./",
  publicDir: false,
  resolve: { alias: { "@": path("./frontend/src") } },
  css: {
    preprocessorOptions: {
      scss: { loadPaths: [path("./node_modules")], quietDeps: true, silenceDeprecations: ["import"] },
    },
  },
  plugins: [precompress()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: false,
    rollupOptions: {
      input: {
        app: path("./frontend/src/app.ts"),
        form: path("./frontend/src/public-form.ts"),
        theme: path("./frontend/src/theme-early.ts"),
        sw: path("./frontend/src/sw.ts"),
      },
      output: {
        entryFileNames: "[name]-[hash].js",
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
});
